package io.weft.server.config;

import io.weft.model.DnsNames;
import io.weft.server.keystone.KeystoneSettings;
import io.weft.server.kubernetes.KubernetesSettings;
import io.weft.store.etcd.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that a server can be told. The names in brackets are those of the file; in the environment {@code
 * api.listen} is {@code WEFT_API_LISTEN}.
 *
 * @param dataDirectory where the embedded store and the master key lie [data.directory]
 * @param storeEndpoints the etcd servers' URLs; none for the embedded store [store.endpoints]
 * @param storeTls the files of certificates and the key for etcd over https [store.ca, store.certificate, store.key]
 * @param api where the API listens [api.listen]
 * @param authentication how callers of the API are known [api.authentication]
 * @param tokensFile the fixed tokens, one a line: token, project, user and roles [api.tokens-file]
 * @param policyFile who may do what, where it is not as by default [api.policy-file]
 * @param keystone how Keystone is asked about tokens [keystone.url, keystone.public-url, keystone.username,
 *     keystone.user-domain, keystone.password-file, keystone.project, keystone.project-domain, keystone.remember,
 *     keystone.patience]
 * @param agents where agents enrol and connect [agents.listen]
 * @param serverNames names and addresses by which agents reach this server, beside those of this host [agents.names]
 * @param kubernetes the cluster whose nodes enrol by their agents' tokens [enrolment.kubernetes-service-account,
 *     enrolment.kubernetes-url, enrolment.kubernetes-credentials]
 * @param masterKey the file of the key that encrypts the store's secrets [identity.master-key]
 * @param certificateLifetime how long certificates of nodes and servers hold, from 10 seconds to 90 days; they are
 *     renewed when half of it is over, and a node that is away for longer needs a new token
 *     [identity.certificate-lifetime]
 * @param history how many revisions the store keeps for watches and streams that were away [store.history]
 * @param heartbeat how often an idle stream says that it is alive, from 100 milliseconds to a minute [agents.heartbeat]
 * @param mtu the MTU of networks that ask for none, and the largest that any may have: the underlay's less the tunnel's
 *     header, 50 bytes over IPv4 and 70 over IPv6; the same on all servers [networks.mtu]
 * @param dnsDomain what follows the names of all ports in DNS; the same on all servers [networks.dns-domain]
 * @param grace how long requests under way may take when the server stops, up to 5 minutes [shutdown.grace]
 * @param logFormat how log lines are written [log.format]
 * @param logLevel which are written [log.level]
 */
public record Configuration(
        Path dataDirectory,
        List<String> storeEndpoints,
        TlsFiles storeTls,
        ListenAddress api,
        Authentication authentication,
        Optional<Path> tokensFile,
        Optional<Path> policyFile,
        Optional<KeystoneSettings> keystone,
        ListenAddress agents,
        List<String> serverNames,
        Optional<KubernetesSettings> kubernetes,
        Path masterKey,
        Duration certificateLifetime,
        long history,
        Duration heartbeat,
        int mtu,
        String dnsDomain,
        Duration grace,
        LogFormat logFormat,
        System.Logger.Level logLevel) {

    /** How callers of the API are known. */
    public enum Authentication {
        /** Everybody on this machine is an administrator. */
        NONE,
        /** Callers show a token from a file. */
        TOKENS,
        /** Callers show a token of Keystone's. */
        KEYSTONE
    }

    /** How log lines are written. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    public Configuration {
        storeEndpoints = List.copyOf(storeEndpoints);
        serverNames = List.copyOf(serverNames);
    }

    /**
     * Reads the settings.
     *
     * @param file the properties file, if there is one
     * @param environment the process's environment; it overrides the file
     * @throws ConfigurationException when something is wrong, naming all of it
     */
    public static Configuration read(Optional<Path> file, Map<String, String> environment) {
        Settings settings = Settings.read(file, environment);
        Path data = settings.path("data.directory", defaultDirectory(environment));
        Configuration configuration = new Configuration(
                data,
                settings.urls("store.endpoints"),
                new TlsFiles(
                        settings.optionalPath("store.ca"),
                        settings.optionalPath("store.certificate"),
                        settings.optionalPath("store.key")),
                settings.listen("api.listen", "127.0.0.1:9696"),
                settings.choice("api.authentication", Authentication.NONE),
                settings.optionalPath("api.tokens-file"),
                settings.optionalPath("api.policy-file"),
                KeystoneReader.read(settings),
                settings.listen("agents.listen", "127.0.0.1:9697"),
                settings.list("agents.names"),
                KubernetesReader.read(settings, environment),
                settings.path("identity.master-key", data.resolve("master.key")),
                settings.duration(
                        "identity.certificate-lifetime",
                        Duration.ofDays(7),
                        Duration.ofSeconds(10),
                        Duration.ofDays(90)),
                settings.number("store.history", 1_000_000, 1_000, Long.MAX_VALUE),
                settings.duration(
                        "agents.heartbeat", Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofMinutes(1)),
                (int) settings.number("networks.mtu", io.weft.domain.Settings.DEFAULTS.maxMtu(), 1_280, 65_535),
                settings.domain("networks.dns-domain", DnsNames.DEFAULT_DOMAIN),
                settings.duration("shutdown.grace", Duration.ofSeconds(10), Duration.ZERO, Duration.ofMinutes(5)),
                settings.choice("log.format", LogFormat.TEXT),
                settings.choice("log.level", System.Logger.Level.INFO));
        if (configuration.authentication == Authentication.NONE && !configuration.api.isLoopback()) {
            settings.problem("api.listen", "without authentication the API listens on loopback only");
        }
        if (configuration.authentication == Authentication.TOKENS && configuration.tokensFile.isEmpty()) {
            settings.problem("api.tokens-file", "is needed with api.authentication = tokens");
        }
        if (configuration.authentication == Authentication.KEYSTONE && configuration.keystone.isEmpty()) {
            settings.problem("keystone.url", "is needed with api.authentication = keystone");
        }
        if (configuration.storeTls.certificate().isPresent()
                != configuration.storeTls.key().isPresent()) {
            settings.problem("store.certificate", "is needed with store.key, and the other way round");
        }
        if (!configuration.storeTls.equals(TlsFiles.NONE)
                && configuration.storeEndpoints.stream().anyMatch(url -> !url.startsWith("https:"))) {
            settings.problem("store.endpoints", "must be https with store.ca, store.certificate or store.key");
        }
        settings.finish();
        return configuration;
    }

    private static Path defaultDirectory(Map<String, String> environment) {
        String home = environment.get("HOME");
        return home == null || home.equals("/root") || home.isEmpty()
                ? Path.of("/var/lib/weft")
                : Path.of(home, ".local", "share", "weft");
    }
}
