package io.weft.server.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a server shows to agents and whom it trusts: a key of its own, made at its start and never written anywhere,
 * with a certificate of the installation's authority; clients must show one of that authority's too.
 */
public final class ServerTls {
    /** Longer than any server runs without being upgraded; the key dies with the process anyway. */
    private static final Duration LIFETIME = Duration.ofDays(2L * 365);

    private ServerTls() {}

    /** A context for a server that is reached by these names and addresses. */
    public static SSLContext context(Authority authority, Collection<String> names) {
        KeyPair pair = Authority.newKeyPair();
        X509Certificate certificate = authority.issueServer(names, pair.getPublic(), LIFETIME);
        char[] noPassword = new char[0];
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, noPassword);
            keys.setKeyEntry(
                    "server", pair.getPrivate(), noPassword, new Certificate[] {certificate, authority.certificate()});
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(keys, noPassword);

            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, noPassword);
            trusted.setCertificateEntry("authority", authority.certificate());
            TrustManagerFactory trustManagers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trustManagers.init(trusted);

            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    /** The names and addresses by which this host is reached, and those that the operator added. */
    public static Set<String> names(List<String> configured) {
        Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
        try {
            names.add(InetAddress.getLocalHost().getHostName());
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                    .forEach(names::add);
        } catch (IOException e) {
            // A host without a name or interfaces: what the operator configured must do.
            names.addAll(configured);
        }
        names.addAll(configured);
        return names;
    }
}
