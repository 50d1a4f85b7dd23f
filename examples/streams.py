"""Streams: reads messages prefixed by their length: up to a separator, an exact size, and the end
of the stream. The server runs until it is cancelled."""

import asyncio


async def greet(reader, writer):
    writer.write(b"5:Hello6:stream")
    await writer.drain()
    writer.close()


async def serve(server):
    try:
        await server.serve_forever()
    finally:
        print("the server is closed")


async def read_message(reader):
    size = int((await reader.readuntil(b":"))[:-1])
    message = await reader.readexactly(size)
    print(f"{size} bytes: {message.decode()}")


async def read_all(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        await read_message(reader)
    if await reader.read(1) == b"":
        print("end of stream")
    writer.close()


async def main():
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    serving = asyncio.create_task(serve(server))
    await read_all(server.sockets[0].getsockname()[1])
    serving.cancel()
    await asyncio.wait([serving])


asyncio.run(main())
