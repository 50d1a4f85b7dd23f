"""Event: tasks wait until it is set; once it is set, waiting does not suspend."""

import asyncio


async def run_when_set(start):
    name = asyncio.current_task().get_name()
    print(f"{name} is ready")
    await start.wait()
    print(f"{name} runs")


async def race(start, group):
    for _ in range(2):
        group.create_task(run_when_set(start))
    await asyncio.sleep(0.05)
    print("the event is set")
    start.set()
    await start.wait()


async def main():
    start = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        await race(start, group)


asyncio.run(main())
