/**
 * Neutron's API v2.0 on the domain: networks, subnets, ports, routers and what the stock clients ask for besides.
 *
 * <p>Each resource is a table of attributes and a thin service that turns a checked body into one operation of the domain.
 * An extension is announced when it works; what the data path cannot do yet is refused by name.
 */
@NullMarked
package io.weft.neutron;

import org.jspecify.annotations.NullMarked;
