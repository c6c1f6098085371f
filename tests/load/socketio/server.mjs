// The second peer of `tests/bench relay`: socket.io that passes events on to their room, as trackers use it.
//
//   node server.mjs PORT
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
  maxHttpBufferSize: 100_000_000,
});

io.on("connection", (socket) => {
  socket.on("join", (room) => socket.join(room));
  socket.on("event", (room, event) => socket.to(room).emit("event", event));
});

http.listen(Number(process.argv[2]), "127.0.0.1");
