package io.weft.server;

import io.weft.server.config.Configuration;
import io.weft.server.config.ConfigurationException;
import io.weft.server.identity.IdentityException;
import io.weft.server.log.Logging;
import io.weft.store.StoreException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Runs a server as a process: settings, logs, signals. What the server consists of is in {@link Server}. */
public final class Main {
    private Main() {}

    /**
     * Runs a server until the process is asked to end.
     *
     * @param file the configuration file, if there is one
     * @param environment the process's environment
     * @return 1 when it cannot start, 2 when the settings are wrong; otherwise it does not return
     */
    public static int run(Optional<Path> file, Map<String, String> environment) throws InterruptedException {
        Configuration configuration;
        try {
            configuration = Configuration.read(file, environment);
            Logging.start(configuration.logFormat(), configuration.logLevel());
            Server server = Server.start(configuration);
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(server::close));
        } catch (ConfigurationException e) {
            e.problems().forEach(problem -> System.err.println("weft: " + problem));
            return 2;
        } catch (StoreException | IdentityException e) {
            System.err.println("weft: " + e.getMessage());
            return 1;
        }
        new CountDownLatch(1).await();
        return 0;
    }
}
