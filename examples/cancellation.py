"""Cancellation: the await returns AF_CANCELLED. A task that returns that code is cancelled; a task
that swallows it continues."""

import asyncio


async def polite():
    print("  polite begins")
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("  polite cleans up and returns")
        raise


async def stubborn():
    print("  stubborn begins")
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("  stubborn continues")
    return "an answer"


async def create_and_cancel(coroutine, start_first):
    task = asyncio.create_task(coroutine)
    if start_first:
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
    print("propagated")
    await create_and_cancel(polite(), True)
    print("swallowed")
    await create_and_cancel(stubborn(), True)
    print("before the first step")
    await create_and_cancel(stubborn(), False)


asyncio.run(main())
