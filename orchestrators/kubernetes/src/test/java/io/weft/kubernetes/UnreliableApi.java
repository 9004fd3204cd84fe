package io.weft.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands between the controller and Weft's API: notes what is changed, and is away when it shall be. */
final class UnreliableApi implements AutoCloseable {
    private final URI server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer front;
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private volatile boolean away;

    UnreliableApi(URI server) throws IOException {
        this.server = server;
        front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        front.setExecutor(threads);
        front.createContext("/", this::hand);
        front.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + front.getAddress().getPort());
    }

    /** Whether nobody answers. */
    void away(boolean is) {
        away = is;
    }

    /** Method and path of each call since the last time that was one to change something. */
    List<String> takeChanges() {
        List<String> taken = List.copyOf(changes);
        changes.clear();
        return taken;
    }

    /** The same, and they stay. */
    List<String> changesSoFar() {
        return List.copyOf(changes);
    }

    private void hand(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (away) {
                return;
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(exchange.getRequestURI()))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
            for (String name : List.of("X-Auth-Token", "Content-Type", "Accept")) {
                String value = exchange.getRequestHeaders().getFirst(name);
                if (value != null) {
                    request.header(name, value);
                }
            }
            if (!exchange.getRequestMethod().equals("GET")) {
                changes.add(exchange.getRequestMethod() + " "
                        + exchange.getRequestURI().getPath().replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "ID"));
            }
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        front.stop(0);
        threads.close();
        client.close();
    }
}
