"""Retry: random delays whose maximum doubles; returns the error of the last attempt."""

import asyncio
import random


class Server:
    def __init__(self, failures):
        self.failures = failures
        self.attempts = 0

    async def fetch(self):
        await asyncio.sleep(0)
        self.attempts += 1
        print(f"  attempt {self.attempts}")
        if self.attempts <= self.failures:
            raise ValueError(f"attempt {self.attempts} failed")
        return "a page"


async def retry(coroutine, retries, delay, max_delay):
    for attempt in range(retries):
        try:
            return await coroutine()
        except ValueError:
            await asyncio.sleep(random.uniform(0, min(delay * 2**attempt, max_delay)))
    return await coroutine()


async def fetch_with_retries(failures):
    try:
        page = await retry(Server(failures).fetch, retries=3, delay=0.01, max_delay=1)
        print(f"got {page}")
    except ValueError as error:
        print(f"gave up: {error}")


async def main():
    await fetch_with_retries(2)
    await fetch_with_retries(10)


asyncio.run(main())
