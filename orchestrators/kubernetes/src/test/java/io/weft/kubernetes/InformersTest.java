package io.weft.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What real API servers do and fabric8's does not: watches that end, bookmarks, and versions that are gone. */
class InformersTest {
    private static final String EMPTY =
            "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"}," + "\"items\":[]}";

    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<String> watchedFrom = new ConcurrentLinkedQueue<>();
    private final HttpServer server;
    private volatile String pods = "";

    InformersTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void end() {
        over.countDown();
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        boolean ofPods = exchange.getRequestURI().getPath().equals("/api/v1/pods");
        try (exchange) {
            if ("websocket".equals(exchange.getRequestHeaders().getFirst("Upgrade"))) {
                exchange.sendResponseHeaders(200, -1);
            } else if (!query.contains("watch=true")) {
                byte[] list = (ofPods ? pods : EMPTY).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, list.length);
                exchange.getResponseBody().write(list);
            } else {
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                try (OutputStream out = exchange.getResponseBody()) {
                    watch(out, ofPods, query);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(OutputStream out, boolean ofPods, String query) throws IOException, InterruptedException {
        if (!ofPods) {
            over.await();
            return;
        }
        String version = query.replaceAll(".*resourceVersion=([^&]*).*", "$1");
        watchedFrom.add(version);
        switch (version) {
            // Nothing happened, says the server, and ends the watch when its time is over.
            case "10" -> event(out, "BOOKMARK", pod("", 12));
            // It came back too late: a was there and is gone, c has come.
            case "12" -> {
                pods = list(20, pod("b", 9), pod("c", 15));
                event(
                        out,
                        "ERROR",
                        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"Expired\","
                                + "\"message\":\"too old resource version\",\"code\":410}");
            }
            case "20" -> {
                event(out, "ADDED", pod("d", 21));
                event(out, "DELETED", pod("b", 22));
                over.await();
            }
            default -> throw new IllegalStateException(version);
        }
    }

    private static void event(OutputStream out, String type, String object) throws IOException {
        out.write(("{\"type\":\"" + type + "\",\"object\":" + object + "}\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String pod(String name, int version) {
        return "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"namespace\":\"x\",\"name\":\"" + name
                + "\",\"uid\":\"u-" + name + "\",\"resourceVersion\":\"" + version + "\"},\"spec\":{}}";
    }

    private static String list(int version, String... pods) {
        return "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" + version
                + "\"},\"items\":[" + String.join(",", pods) + "]}";
    }

    @Test
    void whatHappenedInAGapIsHeardOf() throws InterruptedException {
        pods = list(10, pod("a", 8), pod("b", 9));
        LinkedBlockingQueue<Change> heard = new LinkedBlockingQueue<>();
        try (KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder()
                                .withAutoConfigure(false)
                                .withMasterUrl("http://127.0.0.1:"
                                        + server.getAddress().getPort())
                                .withWatchReconnectInterval(10)
                                .build())
                        .build();
                Informers informers = new Informers(client, heard::add)) {
            informers.start().orTimeout(1, TimeUnit.MINUTES).join();
            assertThat(informers.everything(Set.of(Change.Kind.POD)))
                    .containsExactlyInAnyOrder(change("a"), change("b"));
            expect(heard, List.of(change("a"), change("b"), change("c"), change("a"), change("d"), change("b")));
            assertThat(informers.pod("x/a")).isEmpty();
            assertThat(informers.pod("x/b")).isEmpty();
            assertThat(informers.pod("x/c")).isPresent();
            assertThat(informers.pod("x/d")).isPresent();
            assertThat(watchedFrom.stream().distinct()).containsExactly("10", "12", "20");
        }
    }

    private static Change change(String pod) {
        return new Change(Change.Kind.POD, "x/" + pod);
    }

    /** Each of them is heard of, others too perhaps. */
    private static void expect(LinkedBlockingQueue<Change> heard, List<Change> expected) throws InterruptedException {
        List<Change> missing = new ArrayList<>(expected);
        while (!missing.isEmpty()) {
            Change next = heard.poll(1, TimeUnit.MINUTES);
            assertThat(next).as("still missing: %s", missing).isNotNull();
            missing.remove(next);
        }
    }
}
