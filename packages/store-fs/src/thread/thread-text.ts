// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var $e=require("node:worker_threads");var Oe=require("node:zlib"),xe=require("node:timers/promises")\
;function H(t){return t.split(\`
\`).map(_e).join(\`
\`)}function _e(t){return t.replace(/[\\p{C}\\p{Zl}\\p\
{Zp}]/gu,e=>e.replace(/[^]/g,Re))}function Re(t){return\`\\\\u\${t.charCodeAt(0).toString(16).padStart(4,\
"0")}\`}var d=class extends Error{name="KeepfitError";code;constructor(e,r,n){super(\`\${e}: \${H(r)}\`,n),\
this.code=e}};function y(t){return t instanceof Error&&t.name==="KeepfitError"&&"code"in t}var F=cla\
ss{#r;#n;#e;#t=0;#o;constructor(e,r){this.#r=e,this.#n=r,this.#e=new DataView(new ArrayBuffer(4*e.le\
ngth)),this.#o=e[0]??0}add(e){for(let r=0;r<e.byteLength;){for(;this.#o===0;)this.#o=this.#r[++this.\
#t]??1/0;if(this.#o===1/0)return;let n=Math.min(r+this.#o,e.byteLength),o=4*this.#t,i=this.#e.getUin\
t32(o,!0);this.#e.setUint32(o,this.#n(e.subarray(r,n),i),!0),this.#o-=n-r,r=n}}toBytes(){return new \
Uint8Array(this.#e.buffer)}};function D(){let t=Promise.resolve();return{run:e=>{let r=t.then(e,e);r\
eturn t=r.catch(()=>{}),r}}}var x=require("node:path");var U={fsStore:"folder",fileSink:"path"},Ne={\
ENOSPC:"the disk is full",EDQUOT:"the disk quota is used up"},We=[-122,-69];function M(t,e){let r=l(\
t),n=\`could not \${e.action} \${e.path} (\${r===""?String(t):r})\`,o=Ne[r];if(o!==void 0){let i=e.byteLengt\
h===void 0?"":\`, and \${e.byteLength} bytes must fit into \${(0,x.dirname)(e.path)}\`,s=\`\${n}: \${o}\${i}; fre\
e some room, or \${E(e)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:t})}return new d("KEEPFIT_STORE_F\
AILED",\`\${n}: \${Ae(r,e)}\`,{cause:t})}function l(t){let e=y(t)?t.cause:t,{code:r,errno:n}=e??{};return \
We.includes(n)?"EDQUOT":typeof r=="string"?r:""}async function m(t){try{return await t()}catch(e){if\
(l(e)==="ENOENT")return;throw e}}function Ae(t,e){let{owner:r,path:n}=e,o=U[r];switch(t){case"EACCES\
":case"EPERM":return\`this user may not; let it read and write in \${(0,x.dirname)(n)}, or \${E(e)}\`;case\
"ERR_ACCESS_DENIED":return"Node's permission model forbids it; use --allow-fs-write, or on Node 26, \
which forbids fsync, no --permission";case"EROFS":return\`the file system is read-only; give \${r} a \${o\
} that can be written\`;case"EEXIST":return\`something else has this name; move it away, or \${E(e)}\`;ca\
se"ENAMETOOLONG":return\`this path, or a name in it, is longer than the file system allows; give \${r} \
a shorter \${o}\`;case"ENOTCONN":case"ESTALE":case"ENODEV":case"ENXIO":case"EHOSTDOWN":return"the drive\
 was disconnected; connect it again, then run the training again";case"EIO":return\`the disk or the d\
rive reports an error; check it, or \${E(e)}\`;case"ENOTDIR":return\`a part of this path is a file; give\
 \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${E(e)}\`;ca\
se"ELOOP":return"a symbolic link has this name and cannot be followed; remove it";case"EFBIG":return\
\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${o} on another one\`;case"ENOE\
NT":return"this file, or a folder above it, was deleted or moved away; let nothing else move or clea\
n up there, then run again";case"EMFILE":case"ENFILE":return"too many files are open; raise the limi\
t (ulimit -n)";default:return\`see the cause, or \${E(e)}\`}}function E({owner:t}){return\`give \${t} anoth\
er \${U[t]}\`}var j={open:"open",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",\
rename:"rename",link:"link",unlink:"delete",readlink:"follow the symbolic link"},B={read:"read",writ\
e:"write",truncate:"cut",stat:"look at",sync:"sync",close:"close"},Ke=new Set(["rename","link"]);fun\
ction C(t,e,r={}){let n=V(t,j,(o,i)=>({owner:e,action:o==="open"?ve(t.constants,Number(i[1])):j[o],p\
ath:String(Ke.has(o)?i[1]:i[0]),...r}));return{...n,constants:t.constants,open:async(o,i,s)=>V(await\
 n.open(o,i,s),B,a=>({owner:e,action:B[a],path:o,...r})),for:o=>C(t,e,{...r,...o})}}function ve(t,e)\
{let{O_WRONLY:r,O_RDWR:n=0,O_EXCL:o=0}=t;return(e&o)!==0?"make":(e&(r|n))===0?"read":"open"}function\
 V(t,e,r){let n=t,o=Object.keys(e).map(i=>[i,async(...s)=>{try{return await Reflect.apply(n[i],t,s)}\
catch(a){throw y(a)?a:M(a,r(i,s))}}]);return Object.fromEntries(o)}var _t=16*1024*1024;function q(t,\
e,r){return{...t,fs:C(e,"fsStore"),host:r,commits:D()}}var Y=require("node:crypto"),P=require("node:\
path");var He=".safetensors",De="[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";function Q(t){return n\
ew RegExp(\`^\${De}$\`).test(t)}function h(t,e){return(0,P.join)(t,\`\${e}\${He}\`)}function k(t,e){return(0,P\
.join)(t,\`.\${e}.lock\`)}function G(t,e,r){return\`\${k(t,e)}.\${r}\`}function z(t,e){return(0,P.join)(t,\`.\${e\
}.\${(0,Y.randomUUID)()}.tmp\`)}var p=require("node:path");async function b({fs:t,host:e},r){if(e.isWin\
dows)return;let n=await t.for({action:"sync the folder"}).open(r,t.constants.O_RDONLY);try{await n.s\
ync()}catch(o){if(l(o)!=="EINVAL")throw o}finally{await n.close()}}var Ue=new Set(["EACCES","EPERM"]\
);async function J(t){let e=await T(t,t.path);if(e&&t.isPrepared)return!1;let r=await I(t,t.path,e);\
return t.isPrepared=!0,r}async function I(t,e,r){let n=(0,p.dirname)(e);if(r)return await je(t,e),!1\
;await I(t,n,await T(t,n));let o=!0;try{await t.fs.mkdir(e,{mode:448})}catch(i){if(l(i)!=="EEXIST")t\
hrow i;o=!await T(t,e)&&await Me(t,e)}return o&&await t.held?.placeAgain(e),await b(t,n),o}async fun\
ction Me(t,e){let r=await t.fs.readlink?.(e).catch(()=>{});if(r===void 0){let o=\`\${e} is a symbolic l\
ink to a folder that is missing; make that folder\`;throw new d("KEEPFIT_STORE_FAILED",o)}let n=(0,p.\
isAbsolute)(r)?r:\`\${(0,p.dirname)(e)}\${p.sep}\${r}\`;return I(t,n,await T(t,n))}async function T({fs:t,..\
.e},r=e.path){let n=t.for({action:"look at the folder"}),o=await m(()=>n.stat(r,{bigint:!0}));if(o==\
=void 0)return!1;if(o.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAILED",\`\${r} is a file, but \
fsStore needs a folder there; give fsStore the path of a folder\`)}async function je(t,e){if((0,p.dir\
name)(e)!==e)try{await b(t,(0,p.dirname)(e))}catch(r){if(!Ue.has(l(r)))throw r}}async function X(t,e\
){let{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O_NOFOLLOW:i=0}=t.constants,s=await t.open(e,r|n|o|i,384);return\
{path:e,handle:s,isOpen:!0}}async function L(t){t.isOpen=!1,await t.handle.close()}async function Z(\
t,e){e.isOpen&&await L(e).catch(()=>{}),await t.unlink(e.path).catch(()=>{})}var Be=new Set(["EPERM"\
,"EACCES","EBUSY"]),Ve=500,qe=1e4;async function ee(t,e,r=async()=>{}){for(let n=0,o=10;;n+=o,o=Math\
.min(2*o,Ve)){await r();try{return await e()}catch(i){if(!t.isWindows||!Be.has(l(i))||n>=qe)throw i}\
await t.pause(o)}}async function te(t,e,r,n){for(let o=0;o<e.length;){let i=Math.min(e.length-o,1073\
741824),{bytesWritten:s}=await t.write(e,o,i,r+o);if(!(s>0&&s<=i))throw n(i,s);o+=s}}function re(t,e\
,r){let n="Nothing was changed";if(!r){let i=\`the lock file \${t} of this training was deleted, so ano\
ther trainer may have finished the run meanwhile. \${n}. Start this training again, and let nothing el\
se delete files in that folder\`,s=Object.assign(new Error("the lock file is missing"),{code:"ENOENT"\
,path:t});return new d("KEEPFIT_STORE_CONFLICT",i,{cause:s})}let o=e===void 0?"does not say any more\
 that this training holds it":\`names process \${e.pid} on host \${e.host} since \${e.since} instead of thi\
s training\`;return new d("KEEPFIT_STORE_CONFLICT",\`the lock file \${t} \${o}: it was deleted or replaced\
, and another trainer may write now. \${n}. Stop one of the two, or give each its own folder or name\`)\
}var ne=2**23,Ye=4;async function oe(t,e,r){let{O_RDONLY:n,O_NOFOLLOW:o=0,O_NONBLOCK:i=0}=t.constant\
s,s=await m(()=>t.open(e,n|o|i));if(s!==void 0)try{let a=await s.stat({bigint:!0});if(!a.isFile())th\
row new d("KEEPFIT_STORE_FAILED",\`\${e} is no regular file; move it away\`);let u=await ie(s,e,Ge(e,a.s\
ize,r)),f=await s.stat({bigint:!0});if(f.size!==a.size||f.mtimeNs!==a.mtimeNs&&!await Qe(s,e,u))thro\
w se(e,a.size,f.size);return{bytes:u,stats:f}}finally{await s.close().catch(()=>{})}}async function \
Qe(t,e,r){let n=await ie(t,e,new Uint8Array(r.length));return Buffer.compare(r,n)===0}function Ge(t,\
e,r){try{if(e<=BigInt(r))return new Uint8Array(Number(e))}catch(o){throw new d("KEEPFIT_STORE_FAILED\
",\`no memory for the \${e} bytes of \${t}; free some\`,{cause:o})}let n=\`\${t} has \${e} bytes, more than the\
 \${r} that can be read here; check the file, or use a newer Node\`;throw new d("KEEPFIT_STORE_FAILED",\
n)}async function ie(t,e,r){let n=0,o=async()=>{for(;n<r.length;){let s=n;n+=ne,await ze(t,e,r,s,Mat\
h.min(s+ne,r.length))}},i=await Promise.allSettled(Array.from({length:Ye},o));for(let s of i)if(s.st\
atus==="rejected")throw s.reason;return r}async function ze(t,e,r,n,o){for(let i=n;i<o;){let{bytesRe\
ad:s}=await t.read(r,i,o-i,i);if(!(s>0))throw se(e,BigInt(r.length),BigInt(i));i+=s}}function se(t,e\
,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} was changed while it was read (\${e} bytes at first, then\
 \${r}): something other than keepfit writes into it; stop that and try again\`)}function ae(t){try{let\
 e=JSON.parse(new TextDecoder().decode(t)),{host:r,pid:n,uuid:o,since:i}=e;return typeof r!="string"\
||typeof o!="string"||typeof i!="string"||!Q(o)||typeof n!="number"||!Number.isSafeInteger(n)||n<1||\
e.bootId===void 0||e.startTime===void 0?void 0:{host:r,bootId:g(e.bootId),pidNamespace:g(e.pidNamesp\
ace),pid:n,startTime:g(e.startTime),machine:g(e.machine),threadId:ce(e.threadId),thread:Je(e.thread)\
,uuid:o,since:i,socket:g(e.socket),socketDevice:g(e.socketDevice)}}catch{return}}function g(t){if(t!\
=null){if(typeof t=="string")return t;throw new TypeError("not a text")}}function ce(t){if(t!=null){\
if(typeof t=="number"&&Number.isSafeInteger(t)&&t>=0)return t;throw new TypeError("not a number")}}f\
unction Je(t){if(t==null)return;let{tid:e,startTime:r}=t,n=ce(e);if(n===void 0)throw new TypeError("\
not a thread");return{tid:n,startTime:g(r)}}var Xe=65536;async function Ze({folder:t},e){let r=await\
 oe(t.fs,e,Xe);return r&&{path:e,holder:ae(r.bytes)}}async function de(t){let{folder:e,key:r}=t,n=[]\
,o=k(e.path,r);for(;;){let i=await et(t,o)?await Ze(t,o):void 0;if(i===void 0)return n;let s=n.some(\
({holder:a})=>a?.uuid===i.holder?.uuid);if(n.push(s?{path:o,holder:void 0}:i),i.holder===void 0||s)r\
eturn n;o=G(e.path,r,i.holder.uuid)}}async function et({folder:t},e){let r=t.fs.for({action:"read"})\
;return await m(()=>r.lstat(e,{bigint:!0}))!==void 0}async function fe(t,e,r){let n=(await de({folde\
r:t,key:e})).at(-1);if(n?.holder?.uuid!==r)throw re(k(t.path,e),n?.holder,n!==void 0)}var ue=require\
("node:crypto"),le=require("node:zlib"),$=16*1024,w=class{#r;#n=(0,ue.createHash)("sha256");#e=0;#t=\
0;constructor(e){this.#r=e}add(e){this.#e=(0,le.crc32)(e,this.#e);for(let[r,n]of _(this.#r)){let o=M\
ath.max(r-this.#t,0),i=Math.min(n-this.#t,e.length);o<i&&this.#n.update(e.subarray(o,i))}this.#t+=e.\
length}skipTo(e){this.#t=e}formatEdges(){return\`\${this.#r}-\${this.#n.copy().digest("hex").slice(0,32)}\
-\`}formatVersion(){return this.formatEdges()+this.#e.toString(16).padStart(8,"0")}};function _(t){re\
turn t<=2*$?[[0,t]]:[[0,$],[t-$,t]]}function me(t,e){return t.startsWith(\`\${e}-\`)}var R="the old chec\
kpoint stays";function N(t,e,r,n){let o=r===null?"no checkpoint":"the one that was last read or stor\
ed here",[i,s]=n===void 0?["it is gone","something deleted it or moved it away"]:[\`another one of \${n\
} bytes is there\`,\`another trainer wrote in \${t}\`];return new d("KEEPFIT_STORE_CONFLICT",\`\${e} should \
be \${o}, but \${i}: \${s}, and nothing was changed. Stop one of the two, or give each its own folder or n\
ame\`)}function pe(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} should have \${e} bytes, but has \${r}\
; \${R}\`)}function he(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`a write of \${e} bytes to \${t} wrote \${r\
}; \${R}\`)}function W(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`the chunks for \${t} must add up to th\
e announced \${e} bytes, but came to \${r}; \${R}\`)}function ye(t,e){return new d("KEEPFIT_STORE_FAILED",\`\
the new checkpoint is in place at \${t}, but a power cut may bring back the old one because the folder\
 could not be synced (\${l(e)||String(e)}); check the disk before you continue\`,{cause:e})}var tt=1024\
*1024;async function ge(t,e,r){if(r?.lock!==void 0&&await fe(t,e,r.lock),r?.replaces===void 0)return\
;let{replaces:n}=r,o=await Ee(t,e);if(!(A(o,n)&&(n===null||await rt(t,e,n))))throw N(t.path,h(t.path\
,e),n,o?.size)}async function we(t,e,r){if(r?.replaces===void 0)return;let n=await Ee(t,e);if(!A(n,r\
.replaces))throw N(t.path,h(t.path,e),r.replaces,n?.size)}async function Ee({fs:t,path:e},r){return \
m(()=>t.lstat(h(e,r),{bigint:!0}))}function A(t,e){return t===void 0||e===null?t===void 0&&e===null:\
t.isFile()&&me(e,t.size)}async function rt(t,e,r){let{fs:n}=t,{O_RDONLY:o,O_NOFOLLOW:i=0,O_NONBLOCK:\
s=0}=n.constants,a=o|i|s,u=await m(()=>n.open(h(t.path,e),a));if(u===void 0)return!1;try{let f=await\
 u.stat({bigint:!0});if(!A(f,r)||!await nt(u,Number(f.size),r))return!1;if(ot(t,e,r,f))return!0;let \
S=new w(Number(f.size));return await Fe(S,u,0,Number(f.size)),S.formatVersion()!==r?!1:(K(t,e,r,f),!\
0)}finally{await u.close().catch(()=>{})}}async function nt(t,e,r){let n=new w(e);for(let[o,i]of _(e\
))n.skipTo(o),await Fe(n,t,o,i);return r.startsWith(n.formatEdges())}async function Fe(t,e,r,n){let \
o=new Uint8Array(Math.min(n-r,tt));for(let i=r;i<n;){let{bytesRead:s}=await e.read(o,0,Math.min(o.le\
ngth,n-i),i);if(!(s>0))return;t.add(o.subarray(0,s)),i+=s}}function K(t,e,r,n){t.known.set(e,{versio\
n:r,stamp:ke(n)})}function ot(t,e,r,n){let o=t.known.get(e);return o?.version===r&&o.stamp===ke(n)}f\
unction ke({dev:t,ino:e,mtimeNs:r,size:n}){return\`\${t}:\${e}:\${r}:\${n}\`}var O=class{#r;#n;#e=0;#t;#o;cons\
tructor(e,r){this.#r=e,this.#n=r}add(e){this.throwFailure(),this.#e+=e,!(this.#e<this.#n||this.#t!==\
void 0)&&(this.#e=0,this.#t=this.#i())}async waitUntilIdle(){await this.#t}throwFailure(){if(this.#o\
!==void 0)throw this.#o.error}async#i(){try{await this.#r.handle.sync()}catch(e){this.#o={error:e}}t\
his.#t=void 0}};async function be(t,e){try{await b(t,t.path)}catch(r){throw ye(e,r.cause)}}async fun\
ction Se(t,e,r,n,o){let{byteLength:i}=r,s=h(t.path,e);await we(t,e,n),n?.lock===void 0&&await J(t);l\
et a=await X(t.fs.for({byteLength:i}),o?.temp??z(t.path,e)),u=new w(i);try{await it(a,r,t.syncEvery,\
u),await at(a,i),await a.handle.sync(),await L(a);let f=await t.fs.lstat(a.path,{bigint:!0});o?.befo\
reRename(u.formatVersion()),await t.commits.run(async()=>{await ct(t,e,a,n),K(t,e,u.formatVersion(),\
f)})}catch(f){throw await Z(t.fs,a),f}return await be(t,s),u.formatVersion()}async function it(t,e,r\
,n){let o=new O(t,r);try{await st(t,e,i=>{n.add(i),o.add(i.length)})}finally{await o.waitUntilIdle()\
}o.throwFailure()}async function st({path:t,handle:e},{byteLength:r,chunks:n},o){let i=0;for await(l\
et s of n){let a=new Uint8Array(s.buffer,s.byteOffset,s.byteLength);if(i+a.length>r)throw W(t,r,\`\${i+\
a.length} or more\`);await te(e,a,i,(u,f)=>he(t,u,f)),i+=a.length,o(a)}if(i!==r)throw W(t,r,String(i)\
)}async function at({path:t,handle:e},r){let{size:n}=await e.stat({bigint:!0});if(n!==BigInt(r))thro\
w pe(t,r,n)}async function ct(t,e,r,n){let o=h(t.path,e),i=t.fs.for({action:"put a new checkpoint at\
"});await ee(t.host,()=>i.rename(r.path,o),()=>ge(t,e,n))}var dt=128;function Pe(t,e){for(let r=0;r<\
dt;r++)t[r]=e.charCodeAt(r)}function Te(t){if(!y(t))throw t;let{code:e,message:r,cause:n}=t;return{c\
ode:e,message:r.slice(\`\${e}: \`.length),cause:n instanceof Error?{message:n.message,fields:{...n}}:voi\
d 0}}async function Ce(t,e){let r=new v(t);for(;;){let n=await r.receive();n.kind==="begin"&&r.send(\
{kind:"ended",outcome:await ft(r,n.job,e)}),r.flush()}}async function ft(t,e,r){let n=q(e.folder,r,{\
isWindows:!1,pause:xe.setTimeout}),{path:o,syncEvery:i}=n,s=ut(t,e),a=await Se(n,e.key,s,e.condition\
,{temp:e.temp,beforeRename:S=>Pe(e.renaming,S)}).catch(Te),{isPrepared:u,known:f}=n;return{folder:{p\
ath:o,syncEvery:i,isPrepared:u,known:f},result:a}}function ut(t,{byteLength:e,partLengths:r}){let n=\
lt(t);return{byteLength:e,chunks:r===void 0?n:mt(n,r)}}async function*lt(t){for(;;){let e=await t.re\
ceive();if(e.kind==="commit")return;if(e.kind!=="bytes")throw new d("KEEPFIT_STORE_FAILED","the stor\
e has given up");let{buffer:r,length:n}=e;yield new Uint8Array(r,0,n),t.send({kind:"freed",buffer:r}\
)}}async function*mt(t,e){let r=new F(e,Oe.crc32);for await(let n of t)r.add(n),yield n;yield r.toBy\
tes()}var v=class{#r;#n=[];#e=[];#t=()=>{};constructor(e){this.#r=e,e.on("message",r=>{this.#n.push(\
...r),this.#t()})}async receive(){for(;;){let e=this.#n.shift();if(e!==void 0)return e;this.flush(),\
await new Promise(r=>{this.#t=r})}}send(e){this.#e.push(e)}flush(){if(this.#e.length===0)return;let \
e=this.#e.flatMap(r=>r.kind==="freed"?[r.buffer]:[]);this.#r.postMessage(this.#e,e),this.#e=[]}};var\
 c=require("node:fs"),Ie=require("node:util"),pt=(0,Ie.promisify)(c.fsync),Le={constants:c.constants\
,open:async(t,e,r)=>ht((0,c.openSync)(t,e,r)),stat:async(t,e)=>(0,c.statSync)(t,e),lstat:async(t,e)=\
>(0,c.lstatSync)(t,e),readdir:async(t,e)=>(0,c.readdirSync)(t,e),mkdir:async(t,e)=>(0,c.mkdirSync)(t\
,e),rename:async(t,e)=>(0,c.renameSync)(t,e),link:async(t,e)=>(0,c.linkSync)(t,e),unlink:async t=>(0\
,c.unlinkSync)(t),readlink:async t=>(0,c.readlinkSync)(t)};function ht(t){return{read:async(...e)=>(\
{bytesRead:(0,c.readSync)(t,...e)}),write:async(...e)=>({bytesWritten:(0,c.writeSync)(t,...e)}),stat\
:async e=>(0,c.fstatSync)(t,e),sync:()=>pt(t),close:async()=>(0,c.closeSync)(t)}}Ce($e.parentPort,Le\
).catch(t=>{queueMicrotask(()=>{throw t})});`;
