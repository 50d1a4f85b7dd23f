"""What one would write with aiohttp and uvloop to fetch a list.

    aiohttp_fetch.py JOBS FILE    prints how many succeeded
"""
import asyncio
import sys

import aiohttp
import uvloop


async def fetch(session, url):
    try:
        async with session.get(url, max_redirects=10) as response:
            await response.read()
            return response.status < 400
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return False


async def work(session, urls):
    return sum([await fetch(session, url) for url in urls])


async def main(jobs, path):
    connector = aiohttp.TCPConnector(limit=jobs, ttl_dns_cache=None)
    with open(path) as file:
        urls = (line.strip() for line in file)
        async with aiohttp.ClientSession(connector=connector) as session:
            print(sum(await asyncio.gather(*[work(session, urls) for _ in range(jobs)])))


uvloop.install()
asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
