"""Workers: several tasks share a queue; join waits for the work, shutdown sends them home."""

import asyncio


async def work(queue):
    name = asyncio.current_task().get_name()
    try:
        while True:
            job = await queue.get()
            await asyncio.sleep(0.1)
            print(f"{name} did {job}")
            queue.task_done()
    except asyncio.QueueShutDown:
        print(f"{name} goes home")


async def hand_out(queue, group):
    for job in "ABCDE":
        queue.put_nowait(job)
    for name in ("Ada", "Bob"):
        group.create_task(work(queue), name=name)
    await queue.join()
    print("all is done")
    queue.shutdown()


async def main():
    queue = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        await hand_out(queue, group)


asyncio.run(main())
