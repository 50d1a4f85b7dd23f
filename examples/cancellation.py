"""Cancellation: it arrives at the await; let through, it ends the task, swallowed, it does not."""

import asyncio


async def polite():
    print("  polite begins")
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("  polite cleans up and goes")
        raise


async def stubborn():
    print("  stubborn begins")
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("  stubborn stays")
    return "an answer"


async def create_and_cancel(coroutine, let_it_begin):
    task = asyncio.create_task(coroutine)
    if let_it_begin:
        await asyncio.sleep(0)
    task.cancel()
    try:
        result = await task
    except asyncio.CancelledError:
        assert task.cancelled()
        print("  it was cancelled")
    else:
        print(f"  it returned {result}")


async def main():
    print("let through")
    await create_and_cancel(polite(), True)
    print("swallowed")
    await create_and_cancel(stubborn(), True)
    print("before the first step")
    await create_and_cancel(stubborn(), False)


asyncio.run(main())
