package io.weft.server.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a server shows to agents and whom it trusts: a key of its own, never written anywhere, with a certificate of the
 * installation's authority that is renewed while the server runs; clients must show one of that authority's too.
 */
public final class ServerTls {
    private ServerTls() {}

    /**
     * A context for a server that is reached by these names and addresses.
     *
     * @param lifetime how long its certificate holds; it is renewed when half of that is over
     */
    public static SSLContext context(
            Authority authority, Collection<String> names, Duration lifetime, InstantSource clock) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, new char[0]);
            trusted.setCertificateEntry("authority", authority.certificate());
            TrustManagerFactory trustManagers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trustManagers.init(trusted);

            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager identity = new ServerIdentity(authority, names, lifetime, clock);
            context.init(new KeyManager[] {identity}, trustManagers.getTrustManagers(), null);
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
