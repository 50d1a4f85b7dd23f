"""Semaphore: so many at once and no more. A bounded one also knows when too many are released."""

import asyncio


class Pool:
    def __init__(self):
        self.places = asyncio.BoundedSemaphore(2)
        self.swimmers = 0
        self.most = 0


async def swim(pool):
    async with pool.places:
        print(f"{asyncio.current_task().get_name()} swims")
        pool.swimmers += 1
        pool.most = max(pool.most, pool.swimmers)
        await asyncio.sleep(0.02)
        pool.swimmers -= 1


async def main():
    pool = Pool()
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(swim(pool))
    print(f"never more than {pool.most} in the pool")
    try:
        pool.places.release()
    except ValueError:
        print("nobody is left to release")


asyncio.run(main())
