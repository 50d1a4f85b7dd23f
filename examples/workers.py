"""Workers: several tasks take jobs from a queue; join waits until all jobs are done, shutdown ends
the workers."""

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
        print(f"{name} ends")


async def run_jobs(queue, group):
    for job in "ABCDE":
        queue.put_nowait(job)
    for name in ("Ada", "Bob"):
        group.create_task(work(queue), name=name)
    await queue.join()
    print("all jobs are done")
    queue.shutdown()


async def main():
    queue = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        await run_jobs(queue, group)


asyncio.run(main())
