"""shield: the wait times out, but the shielded task is not cancelled."""

import asyncio


async def save():
    try:
        await asyncio.sleep(0.5)
    except asyncio.CancelledError:
        print("lost")
        raise
    print("saved")


async def main():
    saving = asyncio.create_task(save())
    try:
        await asyncio.wait_for(asyncio.shield(saving), 0.02)
    except TimeoutError:
        print("timed out, saving continues")
        await saving


asyncio.run(main())
