package io.weft.server.identity;

import java.net.Socket;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The key and certificate that a server shows: made by the server itself, never written anywhere, and replaced by new
 * ones at the first handshake after half of the certificate's life. Connections that were made before go on.
 */
final class ServerIdentity extends X509ExtendedKeyManager {
    /** What one handshake uses; it may end after the next one has replaced it. */
    private record Shown(String alias, PrivateKey key, X509Certificate certificate, Instant renewal) {}

    private final Authority authority;
    private final List<String> names;
    private final Duration lifetime;
    private final InstantSource clock;

    // Both guarded by this.
    private Shown current;
    private Optional<Shown> previous = Optional.empty();

    ServerIdentity(Authority authority, Collection<String> names, Duration lifetime, InstantSource clock) {
        this.authority = authority;
        this.names = List.copyOf(names);
        this.lifetime = lifetime;
        this.clock = clock;
        this.current = issue();
    }

    private Shown issue() {
        Instant renewal = clock.instant().plus(lifetime.dividedBy(2));
        KeyPair pair = Authority.newKeyPair();
        X509Certificate certificate = authority.issueServer(names, pair.getPublic(), lifetime);
        return new Shown(certificate.getSerialNumber().toString(36), pair.getPrivate(), certificate, renewal);
    }

    private synchronized Shown fresh() {
        if (!clock.instant().isBefore(current.renewal())) {
            previous = Optional.of(current);
            current = issue();
        }
        return current;
    }

    private synchronized Optional<Shown> find(String alias) {
        return Stream.concat(Stream.of(current), previous.stream())
                .filter(shown -> shown.alias().equals(alias))
                .findFirst();
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Shown shown = fresh();
        return keyType.equals(shown.key().getAlgorithm()) ? shown.alias() : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseEngineServerAlias(keyType, issuers, null);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return find(alias)
                .map(shown -> new X509Certificate[] {shown.certificate(), authority.certificate()})
                .orElse(null);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return find(alias).map(Shown::key).orElse(null);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
