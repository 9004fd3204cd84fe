package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;

/**
 * Adds to fabric8's API server what it lacks of server-side apply: an object that is not there is made; one that is there is
 * merged, which is enough where one applier works alone.
 */
final class ApplyingDispatcher extends KubernetesMixedDispatcher {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    ApplyingDispatcher(Map<ServerRequest, Queue<ServerResponse>> responses) {
        super(responses);
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
        String type = request.getHeader("Content-Type");
        if (type == null || !type.startsWith("application/apply-patch+yaml")) {
            return super.dispatch(request);
        }
        String path = request.getPath().replaceFirst("\\?.*", "");
        HasMetadata object = YAML.unmarshal(request.getUtf8Body(), HasMetadata.class);
        boolean there = super.dispatch(asked(HttpMethod.GET, path, "", "")).code() == 200;
        return super.dispatch(
                there
                        ? asked(HttpMethod.PATCH, path, "application/merge-patch+json", YAML.asJson(object))
                        : asked(
                                HttpMethod.POST,
                                path.substring(0, path.lastIndexOf('/')),
                                "application/json",
                                YAML.asJson(object)));
    }

    private static RecordedRequest asked(HttpMethod method, String path, String type, String body) {
        return new RecordedRequest(
                "HTTP/1.1",
                method,
                path,
                Headers.builder().add("Content-Type", type).build(),
                new Buffer(body.getBytes(StandardCharsets.UTF_8)));
    }
}
