"""Rate limiter: concurrent tasks get one token every 50 ms, first come, first served."""

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
    print(f"{asyncio.current_task().get_name()} has a token")


async def call_concurrently(limiter, count):
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(call(limiter))


async def main():
    limiter = RateLimiter(20, 1)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await call_concurrently(limiter, 5)
    seconds = loop.time() - begun
    print(f"four intervals took {'0.2 s' if seconds > 0.19 else 'too little'}")


asyncio.run(main())
