"""wait_for and timeout: what takes too long is cancelled, cleans up, and has ended by the time
that the timeout is heard of."""

import asyncio


async def work(seconds):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print("  work cleans up after a cancellation")
        raise
    print("  work is finished")


async def with_timeout(delay, seconds):
    async with asyncio.timeout(delay):
        await work(seconds)


async def main():
    print("wait_for")
    try:
        await asyncio.wait_for(work(10), 0.05)
    except TimeoutError:
        print("timed out")
    print("timeout")
    try:
        await with_timeout(0.05, 10)
    except TimeoutError:
        print("timed out")
    print("a longer one")
    await with_timeout(10, 0.05)


asyncio.run(main())
