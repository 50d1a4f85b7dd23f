"""Condition: waits, with a lock held, until a predicate on the data that the lock protects is
true."""

import asyncio


class Shop:
    def __init__(self):
        self.changed = asyncio.Condition()
        self.loaves = 0


async def buy(shop):
    async with shop.changed:
        await shop.changed.wait_for(lambda: shop.loaves > 0)
        shop.loaves -= 1
        print(f"bought one, {shop.loaves} left")


async def bake(shop, count):
    async with shop.changed:
        shop.loaves += count
        print(f"baked {count}")
        shop.changed.notify_all()


async def main():
    shop = Shop()
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(buy(shop))
        for loaves in (1, 2):
            await asyncio.sleep(0.02)
            await bake(shop, loaves)


asyncio.run(main())
