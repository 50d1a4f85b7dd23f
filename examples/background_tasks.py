"""Background tasks: a task set counts, cancels and awaits tasks that run in the background."""

import asyncio


async def work(seconds):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print("cancelled")
        raise
    print("done")


async def main():
    background = set()
    for seconds in (0, 0, 10):
        task = asyncio.create_task(work(seconds))
        background.add(task)
        task.add_done_callback(background.discard)
    print(f"{len(background)} in the background")
    await asyncio.sleep(0.1)
    print(f"{len(background)} left after 0.1 s")
    for task in background:
        task.cancel()
    await asyncio.gather(*background, return_exceptions=True)
    print(f"{len(background)} at the end")


asyncio.run(main())
