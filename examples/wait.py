"""wait: until the first is done, the first fails, all are done, or the timeout. It raises no
exceptions of the tasks and cancels nothing."""

import asyncio


async def work(seconds, fails):
    await asyncio.sleep(seconds)
    if fails:
        raise ValueError("bad luck")


async def wait_and_print(tasks, timeout, return_when):
    done, pending = await asyncio.wait(tasks, timeout=timeout, return_when=return_when)
    name = return_when.replace("_", " ").lower()
    print(f"{name}: {len(done)} done, {len(pending)} pending")


async def main():
    jobs = [(0, False), (0.5, True), (10, False)]
    tasks = [asyncio.create_task(work(*job)) for job in jobs]
    await wait_and_print(tasks, None, asyncio.FIRST_COMPLETED)
    await wait_and_print(tasks, 0.02, asyncio.ALL_COMPLETED)
    await wait_and_print(tasks, None, asyncio.FIRST_EXCEPTION)
    tasks[2].cancel()
    await wait_and_print(tasks, None, asyncio.ALL_COMPLETED)
    try:
        tasks[1].result()
    except ValueError as error:
        print(f"the second failed: {error}")


asyncio.run(main())
