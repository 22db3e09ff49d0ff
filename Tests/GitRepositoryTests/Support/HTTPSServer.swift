import Foundation
import TestPrograms

/// `git http-backend` behind TLS on loopback, with a certificate authority made for it and one user, `git`.
final class HTTPSServer {
    let port: Int
    let caFile: String
    let tokenFile: String
    private let daemon: Daemon

    /// Serves the repositories in `root`.
    init(_ scratch: Scratch, root: String, token: String = "s3cret") throws {
        caFile = scratch.file("ca.pem")
        tokenFile = try scratch.write("token", token + "\n", mode: 0o600)
        let directory = scratch.path
        func openssl(_ arguments: String...) throws {
            try Command.run(arguments: ["openssl"] + arguments, directory: directory)
        }
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        try Command.run(
            arguments: ["openssl", "req", "-x509", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem"]
                + curve,
            directory: directory)
        try Command.run(
            arguments: ["openssl", "req", "-subj", "/CN=localhost", "-keyout", "tls.key", "-out", "tls.csr"] + curve,
            directory: directory)
        try scratch.write("san", "subjectAltName=DNS:localhost\n")
        try openssl(
            "x509", "-req", "-in", "tls.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "san", "-out", "tls.pem")
        let script = try scratch.write("server.py", Self.script)
        daemon = try Daemon(["python3", script, root, directory, token])
        let line = try daemon.firstLine()
        guard let port = Int(line) else { throw Command.Failure(description: "the HTTPS server said '\(line)'") }
        self.port = port
    }

    private static let script = """
        import base64, http.server, os, ssl, subprocess, sys
        root, directory, token = sys.argv[1:4]
        want = "Basic " + base64.b64encode(("git:" + token).encode()).decode()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.headers.get("Authorization") != want:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                path, _, query = self.path.partition("?")
                body = b""
                if self.headers.get("Transfer-Encoding") == "chunked":
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                environment = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
                    QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_USER="git", REMOTE_ADDR="127.0.0.1",
                    CONTENT_TYPE=self.headers.get("Content-Type") or "", CONTENT_LENGTH=str(len(body)),
                    HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding") or "",
                    GIT_PROTOCOL=self.headers.get("Git-Protocol") or "")
                answer = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True).stdout
                head, _, rest = answer.partition(b"\\r\\n\\r\\n")
                fields = [line.decode().split(": ", 1) for line in head.split(b"\\r\\n")]
                status = next((value for key, value in fields if key == "Status"), "200 OK")
                self.send_response(int(status.split()[0]))
                for key, value in fields:
                    if key != "Status":
                        self.send_header(key, value)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest)

            do_POST = do_GET

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory + "/tls.pem", directory + "/tls.key")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        server.serve_forever()

        """
}
