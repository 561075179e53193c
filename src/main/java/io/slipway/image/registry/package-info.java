/**
 * The client of registries: OCI distribution specification 1.1, and Docker's registry HTTP API v2 before it.
 *
 * <pre>
 *   RegistryClient -- Route (mirrors first) --> Exchange -- hops, tries --> Transport (java.net.http)
 *                                                 |  |
 *                     Authorizer (401, tokens) ---+  +--- AddressGuard (where a hop may lead)
 * </pre>
 */
@NullMarked
package io.slipway.image.registry;

import org.jspecify.annotations.NullMarked;
