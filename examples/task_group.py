"""TaskGroup: its tasks live and fail together; the first failure cancels the rest, and the group
ends when all have."""

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


async def work_together(*jobs):
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(work(*job))


async def main():
    print("a group without failures")
    await work_together(("one", 0.2, False), ("two", 0.02, False))
    print("a group with one")
    try:
        await work_together(("one", 10, False), ("two", 0.02, True))
    except ExceptionGroup as group:
        for error in group.exceptions:
            print(f"  the group says: {error}")


asyncio.run(main())
