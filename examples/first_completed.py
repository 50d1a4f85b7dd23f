"""wait for the first: three mirrors are asked at once, the quickest wins, the others are called
off."""

import asyncio


async def fetch(name, seconds):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"{name} is called off")
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
