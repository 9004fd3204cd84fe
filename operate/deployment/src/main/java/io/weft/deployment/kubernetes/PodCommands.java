package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.TtyExecOutputErrorable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Commands by the API server's and the kubelets' exec channel. */
record PodCommands(KubernetesClient client) implements Commands {
    private static final System.Logger LOGGER = System.getLogger(PodCommands.class.getName());

    @Override
    public Result run(String namespace, String pod, Duration patience, Optional<InputStream> input, String... command) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        PodResource target = client.pods().inNamespace(namespace).withName(pod);
        TtyExecOutputErrorable streams = input.isPresent() ? target.redirectingInput() : target;
        try (ExecWatch watch =
                streams.writingOutput(output).writingError(errors).exec(command)) {
            input.ifPresent(in -> Thread.ofVirtual().name("input").start(() -> send(in, watch)));
            int status = watch.exitCode().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Result(status, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
        } catch (KubernetesClientException | ExecutionException | TimeoutException e) {
            return new Result(
                    -1,
                    output.toString(StandardCharsets.UTF_8),
                    errors.toString(StandardCharsets.UTF_8) + " " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(-1, "", "interrupted");
        }
    }

    /** A command that ends before it has read everything says itself why, and its status comes all the same. */
    private static void send(InputStream input, ExecWatch watch) {
        try {
            input.transferTo(watch.getInput());
            watch.getInput().flush();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "input was cut off", e);
        }
    }
}
