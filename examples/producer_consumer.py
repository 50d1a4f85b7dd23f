"""Queue: a producer and a consumer, which wait for each other; a sentinel marks the end."""

import asyncio


async def produce(queue):
    for item in ("one", "two", "three", "four", None):
        await queue.put(item)
        print(f"put {item or 'the sentinel'}")


async def consume(queue):
    while item := await queue.get():
        print(f"      got {item}")


async def main():
    queue = asyncio.Queue(2)
    async with asyncio.TaskGroup() as group:
        group.create_task(produce(queue))
        group.create_task(consume(queue))


asyncio.run(main())
