"""Sequential and concurrent: concurrent tasks wait at the same time."""

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
    print(f"{COUNT} concurrent fetches take {'less time' if end - middle < middle - begun else 'more time'}")


asyncio.run(main())
