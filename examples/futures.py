"""Futures: a result that somebody else sets, here a timer; once, and seen by all who asked."""

import asyncio


def on_done(future):
    print(f"the callback sees {future.result()}")


async def await_and_say(future):
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
    await await_and_say(answered)
    try:
        answered.set_result("another")
    except asyncio.InvalidStateError:
        print("a result is set only once")
    failed.set_exception(ValueError("no answer"))
    await await_and_say(failed)
    cancelled.cancel()
    await await_and_say(cancelled)


asyncio.run(main())
