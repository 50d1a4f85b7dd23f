"""TaskGroup: the first failure cancels the other tasks, and the group ends when all are done."""

import asyncio


async def work(name, seconds, fails):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"  {name} is cancelled")
        raise
    if fails:
        raise ValueError(f"{name} failed")
    print(f"  {name} is done")


async def run_group(*jobs):
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(work(*job))


async def main():
    print("a group without failures")
    await run_group(("one", 0.2, False), ("two", 0.02, False))
    print("a group with a failure")
    try:
        await run_group(("one", 10, False), ("two", 0.02, True))
    except ExceptionGroup as group:
        for error in group.exceptions:
            print(f"  error in the group: {error}")


asyncio.run(main())
