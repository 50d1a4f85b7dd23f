"""wait with FIRST_COMPLETED: three mirrors are asked at the same time; the fastest wins, the others
are cancelled."""

import asyncio


async def fetch(name, seconds):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"{name} is cancelled")
        raise


async def main():
    mirrors = [("Lisbon", 5), ("Oslo", 0.05), ("Vienna", 10)]
    tasks = [asyncio.create_task(fetch(*mirror), name=mirror[0]) for mirror in mirrors]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task.done():
            print(f"{task.get_name()} was first")
        else:
            task.cancel()
    await asyncio.wait(tasks)


asyncio.run(main())
