package io.weft.deployment.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry in memory, which wants a token of its own for each repository and checks digests as real ones do. */
final class FakeRegistry implements AutoCloseable {
    private final HttpServer server;
    private final String basic;
    private final Set<String> blobs = ConcurrentHashMap.newKeySet();
    private final Map<String, String> manifests = new ConcurrentHashMap<>();
    private final AtomicInteger uploads = new AtomicInteger();

    FakeRegistry(String credentials) throws IOException {
        basic = "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    Set<String> blobs() {
        return Set.copyOf(blobs);
    }

    Map<String, String> manifests() {
        return Map.copyOf(manifests);
    }

    int uploads() {
        return uploads.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        if (path.equals("/token")) {
            boolean known = shown.equals(basic)
                    && exchange.getRequestURI().getQuery().contains("scope=repository:team/weft:pull,push");
            answer(exchange, known ? 200 : 401, "{\"token\": \"worthy\"}");
        } else if (!shown.equals("Bearer worthy")) {
            exchange.getResponseHeaders()
                    .set(
                            "WWW-Authenticate",
                            "Bearer realm=\"http://127.0.0.1:" + port()
                                    + "/token\",service=\"fake\",scope=\"repository:team/weft:pull,push\"");
            answer(exchange, 401, "");
        } else {
            authorized(exchange, path.substring("/v2/team/weft/".length()), body);
        }
    }

    private void authorized(HttpExchange exchange, String path, byte[] body) throws IOException {
        String method = exchange.getRequestMethod();
        if (method.equals("HEAD") && path.startsWith("blobs/")) {
            answer(exchange, blobs.contains(path.substring("blobs/".length())) ? 200 : 404, "");
        } else if (method.equals("POST") && path.equals("blobs/uploads/")) {
            uploads.incrementAndGet();
            exchange.getResponseHeaders().set("Location", "/v2/team/weft/blobs/uploads/1?state=x");
            answer(exchange, 202, "");
        } else if (method.equals("PUT") && path.startsWith("blobs/uploads/")) {
            String query = exchange.getRequestURI().getQuery();
            boolean right = query.equals("state=x&digest=" + digest(body));
            if (right) {
                blobs.add(digest(body));
            }
            answer(exchange, right ? 201 : 400, "");
        } else if (method.equals("PUT") && path.startsWith("manifests/")) {
            boolean complete = Image.JSON
                    .readTree(body)
                    .path("layers")
                    .valueStream()
                    .allMatch(layer -> blobs.contains(layer.path("digest").asString()));
            manifests.put("team/weft:" + path.substring("manifests/".length()), digest(body));
            answer(exchange, complete ? 201 : 400, "");
        } else {
            answer(exchange, 405, "");
        }
    }

    private static String digest(byte[] body) {
        MessageDigest digest = Blob.sha256();
        digest.update(body);
        return Blob.text(digest);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean none = bytes.length == 0;
        exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
        if (!none) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
