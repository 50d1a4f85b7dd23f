"""Scraper: fetches pages at most three at a time. (The standard library has no client that reuses
connections.) The argument is the URL of a server with httpbin's paths."""

import asyncio
import re
import sys
import urllib.request

paths = ["/", "/delay/0.3", "/delay/0.1", "/bytes/100", "/"]


def request(url):
    with urllib.request.urlopen(url) as response:
        return response.read().decode()


async def fetch(permits, url):
    async with permits:
        return await asyncio.to_thread(request, url)


def print_title(path, body):
    title = re.search("<title>(.*?)<", body)
    print(f"{path}: {title[1] if title else 'no title'}")


async def main(base):
    permits = asyncio.Semaphore(3)
    bodies = await asyncio.gather(*(fetch(permits, base + path) for path in paths))
    for path, body in zip(paths, bodies):
        print_title(path, body)


asyncio.run(main(sys.argv[1]))
