"""A rate limiter: many ask at once, one every 50 ms has its turn, first come, first served."""

import asyncio


class RateLimiter:
    def __init__(self, count, period):
        self.interval = period / count
        self.turn = asyncio.Semaphore(1)

    async def acquire(self):
        await self.turn.acquire()
        asyncio.get_running_loop().call_later(self.interval, self.turn.release)


async def call(limiter):
    await limiter.acquire()
    print(f"{asyncio.current_task().get_name()} has its turn")


async def call_together(limiter, count):
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(call(limiter))


async def main():
    limiter = RateLimiter(20, 1)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await call_together(limiter, 5)
    seconds = loop.time() - begun
    print(f"four waits took {'0.2 s' if seconds > 0.19 else 'too little'}")


asyncio.run(main())
