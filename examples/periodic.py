"""Periodic job: the next time is computed from the previous one, so there is no drift."""

import asyncio
import itertools


async def run_clock(period, stop):
    loop = asyncio.get_running_loop()
    due = loop.time()
    try:
        for ticks in itertools.count(1):
            print(f"tick {ticks}")
            if ticks == 3:
                stop.set()
            due += period
            await asyncio.sleep(due - loop.time())
    finally:
        print("the clock is stopped")


async def main():
    stop = asyncio.Event()
    task = asyncio.create_task(run_clock(0.1, stop))
    await stop.wait()
    task.cancel()
    await asyncio.wait([task])


asyncio.run(main())
