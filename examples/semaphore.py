"""Semaphore: limits concurrency. A bounded semaphore also detects too many releases."""

import asyncio


class Pool:
    def __init__(self):
        self.permits = asyncio.BoundedSemaphore(2)
        self.swimmers = 0
        self.most = 0


async def swim(pool):
    async with pool.permits:
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
        pool.permits.release()
    except ValueError:
        print("released too often")


asyncio.run(main())
