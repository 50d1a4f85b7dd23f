"""A periodic job: each time is counted from when the last was due, so that it never drifts."""

import asyncio
import itertools


async def run_clock(period, enough):
    loop = asyncio.get_running_loop()
    due = loop.time()
    try:
        for ticks in itertools.count(1):
            print(f"tick {ticks}")
            if ticks == 3:
                enough.set()
            due += period
            await asyncio.sleep(due - loop.time())
    finally:
        print("the clock is stopped")


async def main():
    enough = asyncio.Event()
    task = asyncio.create_task(run_clock(0.1, enough))
    await enough.wait()
    task.cancel()
    await asyncio.wait([task])


asyncio.run(main())
