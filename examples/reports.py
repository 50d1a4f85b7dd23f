"""Reports to the loop's exception handler: an exception that was never retrieved and a pending task
that was destroyed. A coroutine that was never awaited is reported as a warning."""

import asyncio
import warnings

SHORTER = {
    "Task exception was never retrieved": "exception was never retrieved",
    "Task was destroyed but it is pending!": "a pending task was destroyed",
}


async def fail():
    raise ValueError("bad luck")


async def never_begin():
    print("not reached")


def report(loop, context):
    error = f": {context['exception']}" if "exception" in context else ""
    print(f"{SHORTER[context['message']]}{error}")


def report_warning(message, *_):
    print(str(message).replace("coroutine 'never_begin'", "a coroutine"))


async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0)


warnings.showwarning = report_warning
loop = asyncio.new_event_loop()
loop.set_exception_handler(report)
loop.run_until_complete(main())
loop.create_task(never_begin())
loop.close()
