"""Tasks: each starts in the next iteration, in the order of creation; an await lets the other tasks
run."""

import asyncio


async def work(number):
    print(f"{asyncio.current_task().get_name()} begins")
    await asyncio.sleep(0)
    print(f"{asyncio.current_task().get_name()} ends")
    return number * number


async def await_and_print(task):
    result = await task
    print(f"{task.get_name()} returned {result}")


async def main():
    one = asyncio.create_task(work(3))
    two = asyncio.create_task(work(4))
    one.set_name("the first")
    two.set_name("the second")
    print("two tasks created, none started")
    await await_and_print(one)
    await await_and_print(two)


asyncio.run(main())
