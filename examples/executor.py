"""Threads for what blocks: a pool of one's own by run_in_executor, the loop's own by to_thread."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def read_slowly(name):
    time.sleep(0.2)
    return name


def fail():
    raise ValueError("no such disk")


async def read_both(executor):
    loop = asyncio.get_running_loop()
    one = loop.run_in_executor(executor, read_slowly, "one")
    two = loop.run_in_executor(executor, read_slowly, "two")
    both = asyncio.gather(one, two)
    print("two threads read, and the loop goes on")
    for name in await both:
        print(f"{name} is read")


async def main():
    with ThreadPoolExecutor(2) as executor:
        await read_both(executor)
    print(f"{await asyncio.to_thread(read_slowly, 'three')} is read")
    try:
        await asyncio.to_thread(fail)
    except ValueError as error:
        print(f"failed: {error}")


asyncio.run(main())
