"""Executor: runs blocking functions in threads, of an executor of the program by run_in_executor,
or of the loop's own executor by to_thread."""

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
    print("two threads are reading, the loop keeps running")
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
