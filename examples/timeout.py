"""wait_for and timeout: at the timeout the task is cancelled and cleans up, and is done before the
timeout is reported."""

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
    print("a longer timeout")
    await with_timeout(10, 0.05)


asyncio.run(main())
