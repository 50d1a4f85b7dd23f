"""Concurrent requests: all start before the first response arrives, and each has a result,
including the one that fails. The argument is the URL of a server with httpbin's paths."""

import asyncio
import http.client
import sys
import urllib.error
import urllib.request

paths = ["/delay/0.1", "/bytes/1000", "/status/404", "/redirect/2", "/truncate"]


def request(url):
    try:
        with urllib.request.urlopen(url) as response:
            response.read()
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return "no response"


async def main(base):
    requests = (asyncio.to_thread(request, base + path) for path in paths)
    for path, outcome in zip(paths, await asyncio.gather(*requests)):
        print(f"{path}: {outcome}")


asyncio.run(main(sys.argv[1]))
