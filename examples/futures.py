"""Futures: a result that is set once by other code, here a timer, and can be read by all who await
it."""

import asyncio


def on_done(future):
    print(f"the callback got {future.result()}")


async def await_and_print(future):
    try:
        print(f"awaited {await future}")
    except asyncio.CancelledError:
        print("it was cancelled")
    except ValueError as error:
        print(f"it failed: {error}")


async def main():
    loop = asyncio.get_running_loop()
    answered, failed, cancelled = (loop.create_future() for _ in range(3))
    answered.add_done_callback(on_done)
    loop.call_later(0.05, answered.set_result, "an answer")
    await await_and_print(answered)
    try:
        answered.set_result("another")
    except asyncio.InvalidStateError:
        print("a result is set only once")
    failed.set_exception(ValueError("no answer"))
    await await_and_print(failed)
    cancelled.cancel()
    await await_and_print(cancelled)


asyncio.run(main())
