package io.weft.server.metrics;

import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts and times the requests of a listener, by method, collection and class of status. A collection is the path's
 * second segment when it is a plain word, so that clients cannot make up labels without end.
 */
public final class RequestMetrics implements Filter {
    private static final int MOST_SERIES = 400;
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD");

    private record Series(String method, String collection, int status) {}

    private final Histogram durations;
    private final Map<Series, DistributionDataPoint> points = new ConcurrentHashMap<>();

    public RequestMetrics(Metrics metrics) {
        durations = Histogram.builder()
                .name("weft_request_seconds")
                .help("Requests to the API, by how long they took")
                .labelNames("method", "collection", "status")
                .classicOnly()
                .classicUpperBounds(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
                .register(metrics.registry());
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long start = System.nanoTime();
        try {
            chain.proceed();
        } finally {
            String method = request.prologue().method().text();
            Series series = new Series(
                    METHODS.contains(method) ? method : "other",
                    response.status().code() == 404
                            ? ""
                            : collection(request.prologue().uriPath().rawPathNoParams()),
                    response.status().code() / 100);
            DistributionDataPoint point = points.get(series);
            if (point == null) {
                point = point(series);
            }
            point.observe((System.nanoTime() - start) / 1e9);
        }
    }

    private DistributionDataPoint point(Series series) {
        Series kept = points.size() < MOST_SERIES ? series : new Series(series.method(), "", series.status());
        return points.computeIfAbsent(
                kept, _ -> durations.labelValues(kept.method(), kept.collection(), kept.status() + "xx"));
    }

    private static String collection(String path) {
        int second = path.indexOf('/', 1) + 1;
        if (second == 0) {
            return "";
        }
        int end = path.indexOf('/', second);
        String word = path.substring(second, end < 0 ? path.length() : end);
        if (word.length() > 32 || word.isEmpty()) {
            return "";
        }
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if ((c < 'a' || c > 'z') && c != '-' && c != '_') {
                return "";
            }
        }
        return word;
    }
}
