"""A scraper: pages come from one server, at most three at a time, as places come free. (A session
that keeps connections is not in the standard library.) Takes the URL of a server that answers as
httpbin does."""

import asyncio
import re
import sys
import urllib.request

paths = ["/", "/delay/0.3", "/delay/0.1", "/bytes/100", "/"]


def request(url):
    with urllib.request.urlopen(url) as response:
        return response.read().decode()


async def fetch(places, url):
    async with places:
        return await asyncio.to_thread(request, url)


def say_title(path, body):
    title = re.search("<title>(.*?)<", body)
    print(f"{path}: {title[1] if title else 'no title'}")


async def main(base):
    places = asyncio.Semaphore(3)
    bodies = await asyncio.gather(*(fetch(places, base + path) for path in paths))
    for path, body in zip(paths, bodies):
        say_title(path, body)


asyncio.run(main(sys.argv[1]))
