"""Event: tasks wait until somebody sets it; who comes later does not wait at all."""

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
    print("go!")
    start.set()
    await start.wait()


async def main():
    start = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        await race(start, group)


asyncio.run(main())
