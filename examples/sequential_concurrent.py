"""One after another and all at once: waiting is what can be done at the same time."""

import asyncio

COUNT = 10


async def fetch():
    await asyncio.sleep(0.05)


async def sequentially():
    for _ in range(COUNT):
        await fetch()


async def concurrently():
    async with asyncio.TaskGroup() as group:
        for _ in range(COUNT):
            group.create_task(fetch())


async def main():
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await sequentially()
    middle = loop.time()
    await concurrently()
    end = loop.time()
    print(f"{COUNT} at once take {'less time' if end - middle < middle - begun else 'more time'}")


asyncio.run(main())
